"""The portal: the pages that people see, served as the files that were built. Data come by `rest`."""
