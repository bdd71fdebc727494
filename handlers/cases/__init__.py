"""What happens to a complaint: its shape, who may do what, which office, which clock."""
