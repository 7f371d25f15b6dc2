"""Videos -> texts with times.

decoder     what a process of its own runs: frames out of a file
frames      that process, as an iterator of frames with times
tracks      regions of successive frames that show the same text, and which reading of it counts
texts       tracks as JSON and as subtitles
read_video  a file from its frames to its texts, with a detector and a recogniser
"""
