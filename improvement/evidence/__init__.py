"""Evidence as a document and as files: what stands on the page, on paper and in an archive."""
