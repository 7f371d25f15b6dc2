"""Videos -> texts with times.

decoder.py     what a separate process runs: frames out of a file
frames.py      that process, as an iterator of frames with times
tracks.py      regions of successive frames that show the same text, and which reading of it counts
texts.py       tracks as JSON and as subtitles
read_video.py  a file from its frames to its texts, with a detector and a recogniser
"""
