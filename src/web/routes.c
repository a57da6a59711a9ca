/* routes.c: every address and its guards, read off one table. */
#include "web/page_access.h"
#include "web/page_account.h"
#include "web/page_archive.h"
#include "web/page_article.h"
#include "web/page_discovery.h"
#include "web/page_feed.h"
#include "web/page_feed_key.h"
#include "web/page_feed_private.h"
#include "web/page_data.h"
#include "web/page_devices.h"
#include "web/page_index.h"
#include "web/page_institution.h"
#include "web/page_letters.h"
#include "web/page_link.h"
#include "web/page_login.h"
#include "web/page_search.h"
#include "web/page_security.h"
#include "web/page_gift.h"
#include "web/page_meter.h"
#include "web/page_newsletter.h"
#include "web/page_media.h"
#include "web/page_pause.h"
#include "web/page_preview.h"
#include "web/page_static.h"
#include "web/page_stats.h"
#include "web/page_status.h"
#include "web/page_subscribe.h"
#include "web/page_webhook.h"
#include "web/router.h"

#define FORM_BYTES ((size_t)16 * 1024)

const struct route routes[] = {
    {"/", ROUTE_GET, page_home, 0},
    {"/healthz", ROUTE_GET | ROUTE_NO_READER, page_healthz, 0},
    {"/metrics", ROUTE_GET | ROUTE_NO_READER, page_metrics, 0},
    {"/robots.txt", ROUTE_GET | ROUTE_NO_READER, page_robots, 0},
    {"/sitemap.xml", ROUTE_GET | ROUTE_NO_READER, page_sitemap, 0},
    {"/sitemap-news.xml", ROUTE_GET | ROUTE_NO_READER, page_sitemap_news, 0},
    {"/sitemap/:part", ROUTE_GET | ROUTE_NO_READER, page_sitemap_part, 0},
    {"/.well-known/security.txt", ROUTE_GET | ROUTE_NO_READER, page_security, 0},
    {"/manifest.webmanifest", ROUTE_GET | ROUTE_NO_READER, page_manifest, 0},
    {"/feed.atom", ROUTE_GET | ROUTE_NO_READER, page_feed_site, 0},
    {"/feed.json", ROUTE_GET | ROUTE_NO_READER, page_feed_site, 0},
    {"/feed/:token", ROUTE_GET | ROUTE_NO_READER, page_feed_private, 0},
    {"/author/:slug/feed.atom", ROUTE_GET | ROUTE_NO_READER, page_feed_author, 0},
    {"/author/:slug/feed.json", ROUTE_GET | ROUTE_NO_READER, page_feed_author, 0},
    {"/tag/:slug/feed.atom", ROUTE_GET | ROUTE_NO_READER, page_feed_tag, 0},
    {"/tag/:slug/feed.json", ROUTE_GET | ROUTE_NO_READER, page_feed_tag, 0},
    {"/:section/feed.atom", ROUTE_GET | ROUTE_NO_READER, page_feed_section, 0},
    {"/:section/feed.json", ROUTE_GET | ROUTE_NO_READER, page_feed_section, 0},
    {"/privacy", ROUTE_GET, page_words, 0},
    {"/legal", ROUTE_GET, page_words, 0},
    {"/accessibility", ROUTE_GET, page_words, 0},
    {"/login", ROUTE_GET | ROUTE_POST, page_login, FORM_BYTES},
    {"/login/code", ROUTE_GET | ROUTE_POST, page_login_code, FORM_BYTES},
    {"/login/password", ROUTE_POST, page_login_password, FORM_BYTES},
    {"/login/:token", ROUTE_GET | ROUTE_POST, page_login_link, FORM_BYTES},
    {"/logout", ROUTE_POST, page_logout, FORM_BYTES},
    {"/account", ROUTE_GET, page_account, 0},
    {"/account/devices", ROUTE_GET | ROUTE_POST, page_devices, FORM_BYTES},
    {"/account/password", ROUTE_GET | ROUTE_POST, page_password, FORM_BYTES},
    {"/account/email", ROUTE_GET | ROUTE_POST, page_email, FORM_BYTES},
    {"/account/email/:token", ROUTE_GET | ROUTE_POST, page_email_link, FORM_BYTES},
    {"/account/newsletters", ROUTE_GET | ROUTE_POST, page_letters, FORM_BYTES},
    {"/account/institution", ROUTE_GET | ROUTE_POST, page_institution, FORM_BYTES},
    {"/account/feeds", ROUTE_GET | ROUTE_POST, page_feed_key, FORM_BYTES},
    {"/account/data", ROUTE_GET, page_data, 0},
    {"/account/data.json", ROUTE_GET, page_data_json, 0},
    {"/account/data.csv", ROUTE_GET, page_data_csv, 0},
    {"/account/erase", ROUTE_GET | ROUTE_POST, page_erase, FORM_BYTES},
    {"/account/erased", ROUTE_GET, page_erased, 0},
    {"/.well-known/change-password", ROUTE_GET | ROUTE_NO_READER, page_change_password, 0},
    {"/account/access", ROUTE_GET | ROUTE_POST, page_access, FORM_BYTES},
    {"/account/pause", ROUTE_GET | ROUTE_POST, page_pause, FORM_BYTES},
    {"/account/gifts", ROUTE_GET | ROUTE_POST, page_gifts, FORM_BYTES},
    {"/subscribe", ROUTE_GET, page_subscribe, 0},
    {"/gift", ROUTE_POST, page_give, FORM_BYTES},
    {"/gift/:token", ROUTE_GET | ROUTE_POST, page_gift, FORM_BYTES},
    {"/newsletter", ROUTE_GET | ROUTE_POST, page_newsletter, FORM_BYTES},
    {"/newsletter/confirm/:token", ROUTE_GET | ROUTE_POST, page_newsletter_confirm, FORM_BYTES},
    /* RFC 8058: a mail reader posts from anywhere; the token proves itself */
    {"/newsletter/unsubscribe/:token", ROUTE_GET | ROUTE_POST | ROUTE_ANY_ORIGIN | ROUTE_NO_READER,
        page_newsletter_leave, FORM_BYTES},
    {"/newsletter/:list", ROUTE_GET, page_newsletter_list, 0},
    {"/newsletter/:list/:issue", ROUTE_GET, page_newsletter_issue, 0},
    {"/search", ROUTE_GET, page_search, 0},
    {"/opensearch.xml", ROUTE_GET | ROUTE_NO_READER, page_opensearch, 0},
    {"/stats", ROUTE_GET, page_stats, 0},
    {"/free-read", ROUTE_POST, page_free_read, FORM_BYTES},
    {"/webhooks/:provider", ROUTE_POST | ROUTE_ANY_ORIGIN | ROUTE_NO_READER, page_webhook, WEBHOOK_BYTES},
    {"/session/:token", ROUTE_GET | ROUTE_POST, page_link, FORM_BYTES},
    {"/archive", ROUTE_GET, page_archive, 0},
    {"/archive/:month", ROUTE_GET, page_archive_month, 0},
    {"/media/:name", ROUTE_GET, page_media, 0},
    {"/media/:folder/:name", ROUTE_GET, page_media, 0},
    {"/preview/:token", ROUTE_GET, page_preview, 0},
    {"/author/:slug", ROUTE_GET, page_author, 0},
    {"/tag/:slug", ROUTE_GET, page_tag_list, 0},
    {"/:section", ROUTE_GET, page_section, 0},
    {"/:section/:slug", ROUTE_GET, page_article, 0},
    {NULL, 0, NULL, 0},
};
