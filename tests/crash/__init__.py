"""The crash test from outside: a real process, load from many callers, kill -9 at random, again and again."""
