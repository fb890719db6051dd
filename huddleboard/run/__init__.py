"""`make run`: the whole house on one machine, shown step by step, stopped as one."""
