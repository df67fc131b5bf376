"""Django leaves large numbers in one piece here: nobody reads 2400000."""

NUMBER_GROUPING = 3
