"""What is said: lines, speakers, language, screenplay."""
