"""The texts of the migrations after the foundation, one file each. `schema` numbers them."""
