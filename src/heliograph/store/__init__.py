"""The Store port: one SQL catalogue, numbered migrations, and the engines that run flows inside
transactions.
"""
