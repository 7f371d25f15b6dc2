"""Pictures of what a model sees.

attention_sheet.py   a text with the attention of each character   heat_map.py   attention as colours over the picture
region_view.py       a region in its photograph                    glyphs.py     characters drawn with fonts
photograph_sheet.py  a photograph with what was found and read     attention_folder.py  a sheet for each region
"""
