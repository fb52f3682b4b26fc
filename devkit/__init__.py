"""What `./dev` does; standard library alone, as it runs before anything is there."""
