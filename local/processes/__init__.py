"""The programs the local stack is made of: started in order, restarted when killed, never left behind."""
