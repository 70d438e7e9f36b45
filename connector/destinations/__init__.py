"""Where frames go: files and worksheets that we own."""
