/* cli_reader_pause.h: poterne subscriber pause, resume. */
#ifndef APP_CLI_READER_PAUSE_H
#define APP_CLI_READER_PAUSE_H

struct cli;

int cli_reader_pause(struct cli *cli);
int cli_reader_resume(struct cli *cli);

#endif
