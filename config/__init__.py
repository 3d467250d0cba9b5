"""What operators set, and how they are told what happens: environment variables and logs."""
