"""What an account has used, and the budgets that bound it."""
