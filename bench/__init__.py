"""One program per figure that the README quotes, and the papers that they are measured on."""
