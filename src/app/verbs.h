/* verbs.h: the verbs of the command line; each returns an enum cli_exit. */
#ifndef APP_VERBS_H
#define APP_VERBS_H

struct cli;

int cli_migrate(struct cli *cli);
int cli_check(struct cli *cli);
int cli_leakcheck(struct cli *cli);
int cli_mailcheck(struct cli *cli);
int cli_backup(struct cli *cli);
int cli_article(struct cli *cli);
int cli_subscriber(struct cli *cli);
int cli_institution(struct cli *cli);
int cli_session(struct cli *cli);
int cli_key(struct cli *cli);
int cli_access(struct cli *cli);
int cli_page(struct cli *cli);
int cli_theme(struct cli *cli);
int cli_media(struct cli *cli);
int cli_stats(struct cli *cli);
int cli_staff(struct cli *cli);
int cli_newsletter(struct cli *cli);
int cli_consent(struct cli *cli);
int cli_payment(struct cli *cli);
int cli_serve(struct cli *cli);
int cli_work(struct cli *cli);

#endif
