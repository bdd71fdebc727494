"""The catalog as an Excel workbook that civil servants check row by row, and the way back as an overlay."""
