octet evaluate "$fc" --dota x
