/* routes.c: every address and its guards, read off one table. */
#include "web/page_article.h"
#include "web/page_discovery.h"
#include "web/page_feed.h"
#include "web/page_index.h"
#include "web/page_link.h"
#include "web/page_login.h"
#include "web/page_static.h"
#include "web/page_status.h"
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
    {"/account", ROUTE_GET, page_soon, 0},
    {"/subscribe", ROUTE_GET, page_soon, 0},
    {"/newsletter", ROUTE_GET | ROUTE_POST, page_soon, FORM_BYTES},
    {"/search", ROUTE_GET, page_soon, 0},
    {"/session/:token", ROUTE_GET | ROUTE_POST, page_link, FORM_BYTES},
    {"/author/:slug", ROUTE_GET, page_author, 0},
    {"/tag/:slug", ROUTE_GET, page_tag_list, 0},
    {"/:section", ROUTE_GET, page_section, 0},
    {"/:section/:slug", ROUTE_GET, page_article, 0},
    {NULL, 0, NULL, 0},
};
