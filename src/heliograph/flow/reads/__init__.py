"""Reads for people and their seams: lists, searches, stories, what-if. They run beside the writer on
read-only connections, each of one organisation and of bounded size. Never in here: changes.
"""
