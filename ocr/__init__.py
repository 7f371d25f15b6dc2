"""The library behind the scripts: plain arguments in, values out."""
