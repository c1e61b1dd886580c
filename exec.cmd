@rem The scripts of package.json begin with the shell's `exec`, so that a signal to npm reaches Node and not a shell between.
@rem Windows has no such word, and finds this file in its place.
@%*
