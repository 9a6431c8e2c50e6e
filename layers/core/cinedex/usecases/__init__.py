"""What Cinedex does, one module for each verb."""
