"""Drawn scenes: whole pictures with many texts on signs, posters and walls, for finding text.

The modules in the order of their work:

    recipe.py    what to draw: `SceneRecipe`           texts.py     words and lines for a surface, Chinese among them
    kinds.py     signs, posters, pages, badges, ...    draft.py     lines of a surface, and how large they will be
    typeset.py   lines of text on a plane              place.py     planes seen from the side, and where
    ground.py    photographs, textures, drawn streets  things.py    railings, windows, leaves, icons
    compose.py   surfaces one after another            paint.py     plates and letters into the picture
    scene.py     one scene                             sheet.py     scenes with their polygons in one picture
"""
