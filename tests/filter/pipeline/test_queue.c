#include "filter/pipeline/queue.h"

#include <pthread.h>

#include "tests/filter/test.h"

static struct post sample(void)
{
    static const struct str links[] = {{.at = "http://a.example/", .len = 17}};
    struct post post = POST_EMPTY;
    post.id = STR("7");
    post.fields[POST_TEXT] = STR("isi kiriman");
    post.fields[POST_AUTHOR_NAME] = STR("Akun Contoh");
    post.links = links;
    post.link_count = 1;
    return post;
}

static void posts_are_copied_in_and_come_out_in_order(void **state)
{
    (void)state;
    struct queue *queue = queue_new(4);
    char text[] = "satu";
    struct post post = sample();
    post.fields[POST_TITLE] = str_of(text);
    assert_true(queue_put(queue, &post, 1));
    text[0] = 'X'; /* the queue has its own copy */
    assert_true(queue_put(queue, &post, 2));
    const struct queue_item *items[4];
    assert_int_equal(queue_take(queue, items, 4), 2);
    assert_true(str_is(items[0]->post.fields[POST_TITLE], "satu"));
    assert_true(str_is(items[1]->post.fields[POST_TITLE], "Xatu"));
    assert_true(str_is(items[0]->post.links[0], "http://a.example/"));
    assert_int_equal(items[1]->ticket, 2);
    queue_give_back(queue, items, 2);
    queue_close(queue);
    assert_int_equal(queue_take(queue, items, 4), 0);
    assert_false(queue_put(queue, &post, 3));
    queue_free(queue);
}

enum { MANY = 20000 };

static void *put_many(void *queue)
{
    struct post post = sample();
    for (uint64_t i = 1; i <= MANY; i++) {
        if (!queue_put(queue, &post, i)) {
            return queue;
        }
    }
    queue_close(queue);
    return NULL;
}

static void writer_waits_for_room_and_nothing_is_lost(void **state)
{
    (void)state;
    struct queue *queue = queue_new(3);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, put_many, queue), 0);
    uint64_t sum = 0;
    const struct queue_item *items[2];
    for (size_t count; (count = queue_take(queue, items, 2)) > 0;) {
        for (size_t i = 0; i < count; i++) {
            sum += items[i]->ticket;
        }
        queue_give_back(queue, items, count);
    }
    void *failed;
    pthread_join(writer, &failed);
    assert_null(failed);
    assert_int_equal(sum, (uint64_t)MANY * (MANY + 1) / 2);
    queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_are_copied_in_and_come_out_in_order),
        cmocka_unit_test(writer_waits_for_room_and_nothing_is_lost),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
