#include "tests/feeds/shortener_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

bool shortener_server_start(struct shortener_server *server)
{
    int out[2];
    char line[64] = {0};
    strcpy(server->folder, "/tmp/saring-short.XXXXXX"); /* NOLINT */
    if (mkdtemp(server->folder) == NULL || pipe(out) != 0) {
        return false;
    }
    snprintf(server->requests, sizeof server->requests, "%s/requests", server->folder);
    server->pid = fork();
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* it must not outlive a test that aborts */
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        execlp("python3", "python3", "tests/feeds/shortener.py", server->requests, NULL);
        _exit(127);
    }
    close(out[1]);
    for (size_t at = 0; at + 1 < sizeof line && read(out[0], line + at, 1) == 1; at++) {
        if (line[at] == '\n') {
            break;
        }
    }
    close(out[0]);
    return sscanf(line, "%d %d", &server->port, &server->beside) == 2; /* NOLINT */
}

void shortener_server_stop(struct shortener_server *server)
{
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
    unlink(server->requests);
    rmdir(server->folder);
}

size_t shortener_server_requests(const struct shortener_server *server, const char *text)
{
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    size_t count = 0;
    if (access(server->requests, F_OK) == 0) {
        assert_true(file_read(server->requests, 1 << 20, &bytes, &err));
        buf_put(&bytes, "", 0);
        for (const char *at = bytes.bytes; (at = strstr(at, text)) != NULL; at++) {
            count++;
        }
    }
    buf_fini(&bytes);
    return count;
}

void shortener_server_forget(const struct shortener_server *server)
{
    unlink(server->requests);
}
