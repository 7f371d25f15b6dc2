"""Videos that are read for requests.

body    the body of POST /v1/video -> a file in memory
jobs    videos that are read or wait to be read, one at a time
routes  POST /v1/video, and what tells of a video, stops it and forgets it
"""
