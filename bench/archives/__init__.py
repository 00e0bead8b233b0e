"""Archives that are made to be measured: filled and worked on by the commands a person would use, looked into from outside."""
