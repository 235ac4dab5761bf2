const char* greeting_word(void);
const char* greeting_word(void) { return "Hello"; }
