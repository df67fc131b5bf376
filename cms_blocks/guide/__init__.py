"""The guide: the tasks that people come to the desk for, each on one page, in words that stand on the screen."""
