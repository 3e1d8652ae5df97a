"""What several test folders share: databases, browser, Node.js."""
