/** The kind `switch`: a learning switch. */
