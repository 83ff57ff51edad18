"""What a hidden test is given: `student` (who answers), `given` (hidden inputs), `expect` (what counts)."""
