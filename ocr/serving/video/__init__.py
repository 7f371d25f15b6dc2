"""Videos that are read for requests.

body.py    the body of POST /v1/video -> a file in memory
jobs.py    videos that are read or wait to be read, one at a time
routes.py  POST /v1/video, and how a video's state is told, stopped and forgotten
"""
