"""The evaluation pages: what was avoided and spent, explored by whoever reads it; asking, bringing, publishing."""
