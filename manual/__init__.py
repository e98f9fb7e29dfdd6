"""Makes the pages of docs/ that follow from declarations: commands, codebook, cookbook. `make pages` writes them, a test holds them."""
