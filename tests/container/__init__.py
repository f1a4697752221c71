"""`make container-test`: the container file's steps in a clean root, and the result started."""
