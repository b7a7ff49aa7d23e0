/* saring-pull: brings a verified list to a resolver or proxy, and takes it away when it is over. */
#include <curl/curl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/blocklist/name.h"
#include "filter/pull/pull.h"

static void print_help(void)
{
    puts("saring-pull URL --install CONSUMER --dir DIR --removals URL\n"
         "saring-pull --lapse --install CONSUMER --dir DIR\n"
         "Mengambil daftar, memeriksa semuanya, memasangnya / fetches a list, verifies all\n"
         "of it, installs it. --lapse: tanpa jaringan, cabut yang sudah habis / without a\n"
         "network, take away what is over; every minute.\n"
         "\n"
         "  --install NAME  bind unbound unbound-local knot knot-resolver pdns-recursor\n"
         "                  dnsmasq dnsdist hosts squid squidguard e2guardian nginx\n"
         "                  haproxy suricata adguard routeros\n"
         "  --dir DIR       ke mana / where the consumer reads its files\n"
         "  --removals URL  removals.json lembaga independen / the independent's\n"
         "  --pins DIR      season.json, list.pub (/etc/saring-pull)\n"
         "  --state DIR     ingatan / memory (/var/lib/saring-pull)\n"
         "  --probe ADDR:PORT   tanya resolver setelahnya / ask the resolver afterwards\n"
         "  --check CMD  --reload CMD   ganti perintah baku / for the usual commands\n"
         "  --zone NAME     zona RPZ / policy zone (saring.rpz)\n"
         "\n"
         "Keluar / exits: 0 beres / fine; 1 kosong, atau yang lama tetap / emptied, or the\n"
         "last list stays; 2 tidak bisa / could not.\n"
         "\n"
         "  saring-pull https://saring.example/lists --install bind --dir /var/lib/bind \\\n"
         "    --removals https://cek.example/removals.json --probe 127.0.0.1:53");
}

static bool read_options(struct pull_run *run, int argc, char **argv, struct err *err)
{
    static const struct option options[] = {
        {"install", required_argument, NULL, 'i'},  {"dir", required_argument, NULL, 'd'},
        {"removals", required_argument, NULL, 'r'}, {"pins", required_argument, NULL, 'p'},
        {"state", required_argument, NULL, 's'},    {"probe", required_argument, NULL, 'b'},
        {"check", required_argument, NULL, 'c'},    {"reload", required_argument, NULL, 'l'},
        {"zone", required_argument, NULL, 'z'},     {"lapse", no_argument, NULL, 'x'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        switch (option) {
        case 'i':
            run->place.consumer = pull_consumer_find(optarg);
            if (run->place.consumer == NULL) {
                return err_set(err, "--install: tidak ada / there is no '%.40s'; --help", optarg);
            }
            break;
        case 'd':
            run->place.folder = optarg;
            break;
        case 'r':
            run->removals = optarg;
            break;
        case 'p':
            run->pins = optarg;
            break;
        case 's':
            run->state = optarg;
            break;
        case 'b':
            run->place.probe = optarg;
            break;
        case 'c':
            run->place.check = optarg;
            break;
        case 'l':
            run->place.reload = optarg;
            break;
        case 'z':
            run->zone = optarg;
            break;
        case 'x':
            run->only_lapses = true;
            break;
        case 'h':
            print_help();
            exit(0);
        default:
            return err_set(err, "--help menyebut pilihannya / names the options");
        }
    }
    run->url = argv[optind];
    return argc - optind <= 1 || err_set(err, "satu URL / one URL");
}

static bool check_options(const struct pull_run *run, struct err *err)
{
    struct err why = ERR_NONE;
    if (run->place.consumer == NULL || run->place.folder == NULL) {
        return err_set(err, "--install CONSUMER dan/and --dir DIR; --help");
    }
    if (strchr(run->place.folder, '\'') != NULL) {
        return err_set(err, "--dir: tanpa tanda kutip / no quotes");
    }
    if (!blocklist_name_check(str_of(run->zone), &why)) {
        return err_set(err, "--zone %s", why.message);
    }
    if (run->place.probe != NULL && !run->place.consumer->is_resolver) {
        return err_set(err, "--probe: hanya untuk resolver / for resolvers only");
    }
    if (!run->only_lapses && (run->url == NULL || run->removals == NULL)) {
        return err_set(err, "URL daftar dan --removals URL / the URL of the lists and --removals "
                            "URL: without the second a server could hold removals back");
    }
    return true;
}

int main(int argc, char **argv)
{
    static const int codes[] = {
        [PULL_DONE] = 0, [PULL_KEPT] = 1, [PULL_EMPTY] = 1, [PULL_CANNOT] = 2};
    char text[800];
    struct err err = ERR_NONE;
    struct pull_run run = {
        .pins = "/etc/saring-pull",
        .state = "/var/lib/saring-pull",
        .zone = BLOCKLIST_ZONE,
        .clock = clock_system(),
    };
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    enum pull_result result = PULL_CANNOT;
    if (hash_start(&err) && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK &&
        read_options(&run, argc, argv, &err) && check_options(&run, &err)) {
        result = pull_once(&run, &err);
        if (run.only_lapses && result == PULL_EMPTY) {
            result = PULL_DONE; /* that is what it is for */
        }
    }
    if (result == PULL_CANNOT) {
        fprintf(stderr, "saring-pull: %s\n", err_format(&err, text, sizeof text));
    }
    curl_global_cleanup();
    return codes[result];
}
