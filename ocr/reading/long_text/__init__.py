"""Long text, read in windows that overlap.

read_windows.py   a long region -> text     windows.py   where the windows lie     stitching.py   their texts joined
"""
