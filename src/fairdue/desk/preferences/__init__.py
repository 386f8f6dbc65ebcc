"""What a customer asked for and agreed to, how that can be proven, and who may take it back."""
