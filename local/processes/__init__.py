"""The processes of the local stack: started in order, restarted when killed, ended with the stack."""
