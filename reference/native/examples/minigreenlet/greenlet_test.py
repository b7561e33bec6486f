"""What greenlet's documentation promises, and what its users rely on, for any module with its interface.

    python greenlet_test.py MODULE [unittest's arguments]

MODULE is minigreenlet or greenlet: the tests were written against greenlet 2.0.2 and 3.3.2 and hold for both; where the two
differ the test says so.
"""
import contextvars
import gc
import importlib
import sys
import threading
import unittest
import weakref

name = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "minigreenlet"
module = importlib.import_module(name)
greenlet, getcurrent, GreenletExit, error = module.greenlet, module.getcurrent, module.GreenletExit, module.error
IS_MINI = name == "minigreenlet"


class Expected(Exception):
    pass


class Switching(unittest.TestCase):
    def test_control_goes_to_and_fro(self):
        seen = []

        def one():
            seen.append(1)
            second.switch()
            seen.append(3)

        def two():
            seen.append(2)
            first.switch()
            seen.append("never")

        first, second = greenlet(one), greenlet(two)
        first.switch()
        self.assertEqual(seen, [1, 2, 3])
        self.assertTrue(first.dead)
        self.assertFalse(second.dead)

    def test_arguments_of_the_first_switch_go_to_run(self):
        def run(*args, **kwargs):
            return args, kwargs

        self.assertEqual(greenlet(run).switch(), ((), {}))
        self.assertEqual(greenlet(run).switch(1), ((1,), {}))
        self.assertEqual(greenlet(run).switch((1, 2)), (((1, 2),), {}))
        self.assertEqual(greenlet(run).switch(1, 2, a=3), ((1, 2), {"a": 3}))
        self.assertEqual(greenlet(run).switch(a=3), ((), {"a": 3}))

    def test_what_a_switch_returns(self):
        main = getcurrent()
        seen = []

        def run():
            while True:
                seen.append(main.switch())

        g = greenlet(run)
        g.switch()
        for call in (
            lambda: g.switch(),
            lambda: g.switch(1),
            lambda: g.switch(()),
            lambda: g.switch(1, 2),
            lambda: g.switch(a=1),
            lambda: g.switch(1, a=2),
            lambda: g.switch(1, 2, a=3),
        ):
            call()
        self.assertEqual(seen, [(), 1, (), (1, 2), {"a": 1}, (1, {"a": 2}) if IS_MINI else seen[5], ((1, 2), {"a": 3})])
        self.assertIn(seen[5], ((1, {"a": 2}), ((1,), {"a": 2})))

    def test_switch_to_oneself_returns_the_arguments(self):
        self.assertEqual(getcurrent().switch(), ())
        self.assertEqual(getcurrent().switch(5), 5)
        self.assertEqual(getcurrent().switch(1, 2), (1, 2))

    def test_what_run_returns_goes_to_the_parent(self):
        self.assertEqual(greenlet(lambda: "result").switch(), "result")
        self.assertIsNone(greenlet(lambda: None).switch())

    def test_the_dead_return_the_arguments_through_their_parent(self):
        g = greenlet(lambda: None)
        g.switch()
        self.assertTrue(g.dead)
        self.assertEqual(g.switch(), ())
        self.assertEqual(g.switch(7), 7)
        self.assertEqual(g.switch(7, 8), (7, 8))
        main = getcurrent()

        def parent():
            return [main.switch(), main.switch()]

        p = greenlet(parent)
        p.switch()
        g = greenlet(lambda: "ended", p)
        g.switch()
        self.assertEqual(g.switch("to the dead"), ["ended", "to the dead"])

    def test_a_parent_that_has_not_started_is_started_with_the_result(self):
        p = greenlet(lambda x: ("parent got", x))
        self.assertEqual(greenlet(lambda: "result", p).switch(), ("parent got", "result"))
        self.assertTrue(p.dead)

    def test_an_exception_kills_a_parent_that_has_not_started(self):
        def fail():
            raise Expected

        p = greenlet(lambda x: self.fail("must not run"))
        with self.assertRaises(Expected):
            greenlet(fail, p).switch()
        self.assertTrue(p.dead)

    def test_a_chain_of_parents_that_have_not_started(self):
        seen = []
        g = None
        for i in range(50):
            g = greenlet(lambda x=0, i=i: seen.append(i) or x + 1, g)
        self.assertEqual(g.switch(0), 50)
        self.assertEqual(seen, list(range(49, -1, -1)))

    def test_greenlets_started_from_greenlets(self):
        def nest(depth):
            return 0 if depth == 0 else 1 + greenlet(nest).switch(depth - 1)

        self.assertEqual(nest(40), 40)

    def test_many_at_once_in_any_order(self):
        main = getcurrent()

        def run(n):
            total = 0
            while True:
                got = main.switch(total)
                if got is None:
                    return n, total
                total += got

        greenlets = [greenlet(run) for _ in range(300)]
        for n, g in enumerate(greenlets):
            g.switch(n)
        for step in range(5):
            for n in range(0, 300, step + 1):
                greenlets[n].switch(step)
        results = [g.switch(None) for g in reversed(greenlets)]
        self.assertEqual([n for n, _ in results], list(range(299, -1, -1)))
        self.assertEqual(results[-1], (0, 10))
        self.assertTrue(all(g.dead for g in greenlets))

    def test_a_generator_may_be_resumed_elsewhere(self):
        main = getcurrent()

        def numbers():
            for i in range(3):
                main.switch("in the generator")
                yield i

        generator = numbers()
        g = greenlet(lambda: next(generator))
        self.assertEqual(g.switch(), "in the generator")
        self.assertEqual(g.switch(), 0)
        h = greenlet(lambda: list(generator))
        self.assertEqual([h.switch(), h.switch(), h.switch()], ["in the generator", "in the generator", [1, 2]])

    def test_switching_from_called_back_code(self):
        main = getcurrent()

        class Key:
            def __init__(self, n):
                self.n = n

            def __lt__(self, other):
                main.switch(None)
                return self.n < other.n

            def __del__(self):
                main.switch("deleting")

        def run():
            return [k.n for k in sorted([Key(3), Key(1), Key(2)])]

        g = greenlet(run)
        got = g.switch()
        deleted = 0
        while got != [1, 2, 3]:
            deleted += got == "deleting"
            got = g.switch()
        self.assertEqual(deleted, 3)


class Exceptions(unittest.TestCase):
    def raised_by(self, call, *args):
        try:
            call(*args)
        except Expected as e:  # assertRaises would clear the traceback
            return e
        self.fail("nothing was raised")

    def functions(self, exception):
        names, tb = [], exception.__traceback__
        while tb is not None:
            names.append(tb.tb_frame.f_code.co_name)
            tb = tb.tb_next
        return names

    def test_one_that_leaves_a_greenlet_arrives_in_the_parent(self):
        def fail():
            raise Expected("left")

        exception = self.raised_by(greenlet(fail).switch)
        self.assertIsNone(exception.__context__)
        self.assertEqual(self.functions(exception)[-1], "fail")

    def test_it_skips_dead_parents(self):
        p = greenlet(lambda: None)
        p.switch()

        def fail():
            raise Expected

        g = greenlet(fail)
        g.parent = p
        with self.assertRaises(Expected):
            g.switch()

    def test_throw_raises_where_it_waits(self):
        main = getcurrent()
        seen = []

        def run():
            try:
                main.switch()
            except Expected as e:
                seen.append(e)
            return "caught"

        g = greenlet(run)
        g.switch()
        e = Expected(1)
        self.assertEqual(g.throw(e), "caught")
        self.assertIs(seen[0], e)
        g = greenlet(run)
        g.switch()
        g.throw(Expected, 5)
        self.assertEqual(seen[1].args, (5,))
        g = greenlet(run)
        g.switch()
        g.throw(Expected)
        self.assertEqual(seen[2].args, ())

    def test_throw_with_a_traceback(self):
        def inner():
            raise Expected

        try:
            inner()
        except Expected:
            _, value, tb = sys.exc_info()
        main = getcurrent()
        g = greenlet(main.switch)
        g.switch()
        self.assertIn("inner", self.functions(self.raised_by(g.throw, Expected, value, tb)))

    def test_throw_refuses_what_is_no_exception(self):
        g = greenlet(lambda: None)
        for args in (("text",), (5,), (Expected(), 1), (Expected, None, "text")):
            with self.assertRaises(TypeError):
                g.throw(*args)
        self.assertFalse(g.dead)

    def test_throw_to_oneself(self):
        with self.assertRaises(Expected):
            getcurrent().throw(Expected)

    def test_throw_into_one_that_has_not_started(self):
        g = greenlet(lambda: self.fail("must not run"))
        with self.assertRaises(Expected):
            g.throw(Expected)
        self.assertTrue(g.dead)
        g = greenlet(lambda: self.fail("must not run"))
        self.assertIsInstance(g.throw(), GreenletExit)
        self.assertTrue(g.dead)

    def test_throw_into_the_dead(self):
        g = greenlet(lambda: None)
        g.switch()
        with self.assertRaises(Expected):
            g.throw(Expected)
        e = GreenletExit("value")
        self.assertIs(g.throw(e), e)

    def test_exit_is_no_error_and_goes_to_the_parent(self):
        def run():
            raise GreenletExit("bye")

        result = greenlet(run).switch()
        self.assertIsInstance(result, GreenletExit)
        self.assertEqual(result.args, ("bye",))
        g = greenlet(getcurrent().switch)
        g.switch()
        self.assertIsInstance(g.throw(), GreenletExit)
        self.assertTrue(g.dead)
        self.assertFalse(issubclass(GreenletExit, Exception))

    def test_handled_exceptions_are_each_greenlets_own(self):
        main = getcurrent()

        def run(exception):
            assert sys.exc_info() == (None, None, None)
            try:
                raise exception
            except Expected as e:
                main.switch()
                assert sys.exc_info()[1] is e
                try:
                    raise
                except Expected as again:
                    assert again is e
                main.switch()
            assert sys.exc_info() == (None, None, None)
            return "done"

        try:
            raise KeyError("main's")
        except KeyError as mine:
            a, b = greenlet(run), greenlet(run)
            a.switch(Expected("a"))
            b.switch(Expected("b"))
            a.switch()
            b.switch()
            self.assertIs(sys.exc_info()[1], mine)
            self.assertEqual(b.switch(), "done")
            self.assertEqual(a.switch(), "done")
            self.assertIs(sys.exc_info()[1], mine)

    def test_recursion_depth_is_each_greenlets_own(self):
        main = getcurrent()

        def down(n):
            return main.switch("deep") if n == 0 else down(n - 1)

        greenlets = [greenlet(down) for _ in range(20)]
        for g in greenlets:
            self.assertEqual(g.switch(300), "deep")
        for g in greenlets:
            self.assertEqual(g.switch("up"), "up")

    def test_a_recursion_error_in_a_greenlet(self):
        def forever():
            forever()

        with self.assertRaises(RecursionError):
            greenlet(forever).switch()

        class Nested:
            def __repr__(self):
                return repr(Nested())

        with self.assertRaises(RecursionError):
            greenlet(lambda: repr(Nested())).switch()
        self.assertEqual(greenlet(lambda: "fine").switch(), "fine")


class Attributes(unittest.TestCase):
    def test_parent_is_the_creator_by_default(self):
        g = greenlet(lambda: greenlet().parent)
        self.assertIs(g.parent, getcurrent())
        self.assertIs(g.switch(), g)
        self.assertIsNone(getcurrent().parent)

    def test_parent_can_be_given_and_set(self):
        p = greenlet()
        self.assertIs(greenlet(None, p).parent, p)
        self.assertIs(greenlet(parent=p).parent, p)
        g = greenlet()
        g.parent = p
        self.assertIs(g.parent, p)

    def test_parent_refuses(self):
        a, b, c = greenlet(), greenlet(), greenlet()
        b.parent = a
        c.parent = b
        with self.assertRaises(ValueError):
            a.parent = c
        with self.assertRaises(ValueError):
            a.parent = a
        with self.assertRaises(TypeError):
            a.parent = "text"
        with self.assertRaises(TypeError):
            greenlet(None, 5)
        with self.assertRaises(AttributeError):
            del a.parent
        with self.assertRaises(AttributeError):
            getcurrent().parent = a

    def test_parent_of_a_running_greenlet_decides_where_its_end_goes(self):
        main = getcurrent()
        p = greenlet(lambda: ("p got", main.switch("p waits")))
        p.switch()

        def run():
            getcurrent().parent = p
            return "result"

        self.assertEqual(greenlet(run).switch(), ("p got", "result"))

    def test_run_can_be_set_until_the_start(self):
        g = greenlet()
        with self.assertRaises(AttributeError):
            g.run
        with self.assertRaises(AttributeError):
            g.switch()
        f = lambda: getcurrent().parent.switch()
        g.run = f
        self.assertIs(g.run, f)
        del g.run
        with self.assertRaises(AttributeError):
            g.run
        g.run = f
        g.switch()
        with self.assertRaises(AttributeError):
            g.run = f
        with self.assertRaises(AttributeError):
            g.run

    def test_dead_and_truth(self):
        main = getcurrent()
        g = greenlet(main.switch)
        self.assertEqual((bool(g), g.dead), (False, False))
        g.switch()
        self.assertEqual((bool(g), g.dead), (True, False))
        g.switch()
        self.assertEqual((bool(g), g.dead), (False, True))
        self.assertEqual((bool(main), main.dead), (True, False))

    def test_getcurrent(self):
        g = greenlet(lambda: getcurrent())
        self.assertIs(g.switch(), g)
        self.assertIs(greenlet.getcurrent(), getcurrent())
        self.assertIs(greenlet.GreenletExit, GreenletExit)
        self.assertIs(greenlet.error, error)

    def test_repr_tells_the_state(self):
        g = greenlet(getcurrent().switch)
        self.assertIn("pending", repr(g))
        self.assertIn("main", repr(getcurrent()))
        g.switch()
        self.assertIn("suspended", repr(g))
        g.switch()
        self.assertIn("dead", repr(g))

    def test_instances_have_a_dict_and_weak_references(self):
        g = greenlet()
        g.anything = 1
        r = weakref.ref(g)
        self.assertIs(r(), g)
        del g
        gc.collect()
        self.assertIsNone(r())

    def test_subclasses_override_run(self):
        class Mine(greenlet):
            def __init__(self, start):
                greenlet.__init__(self)
                self.start = start

            def run(self, x):
                return self.start + x + getcurrent().parent.switch(self.start)

        g = Mine(10)
        self.assertEqual(g.switch(1), 10)
        self.assertEqual(g.switch(100), 111)
        self.assertTrue(g.dead)

    def test_a_subclass_that_does_not_call_init(self):
        class Mine(greenlet):
            def __init__(self):
                pass

            def run(self):
                return 5

        self.assertEqual(Mine().switch(), 5)

    def test_run_that_switches_while_it_is_looked_up(self):
        main = getcurrent()

        class Mine(greenlet):
            looked = 0

            @property
            def run(self):
                self.looked += 1
                if self.looked == 1:
                    self.switch("inner")
                return lambda x: main.switch(x)

        g = Mine()
        g.switch("outer")
        g.switch()
        self.assertTrue(g.dead)


class Frames(unittest.TestCase):
    def test_a_suspended_greenlets_frames(self):
        main = getcurrent()

        def inner():
            main.switch()

        def outer():
            local = "kept"
            sorted([1], key=lambda _: inner())
            return local

        g = greenlet(outer)
        self.assertIsNone(g.gr_frame)
        g.switch()
        names, frame = [], g.gr_frame
        while frame is not None:
            names.append(frame.f_code.co_name)
            last, frame = frame, frame.f_back
        self.assertEqual(names, ["inner", "<lambda>", "outer"])
        self.assertEqual(last.f_locals["local"], "kept")
        self.assertEqual(g.switch(), "kept")
        self.assertIsNone(g.gr_frame)

    def test_none_of_its_starters(self):
        def frames():
            frame, count = sys._getframe(), 0
            while frame is not None:
                frame, count = frame.f_back, count + 1
            return count

        self.assertEqual(greenlet(frames).switch(), 1)
        self.assertIsNone(getcurrent().gr_frame if IS_MINI else None)

    def test_frames_survive_their_greenlet(self):
        main = getcurrent()

        def run(x):
            main.switch()

        g = greenlet(run)
        g.switch("argument")
        frame = g.gr_frame
        g.switch()
        self.assertEqual(frame.f_locals["x"], "argument")
        self.assertIsNone(frame.f_back)


class Contexts(unittest.TestCase):
    variable = contextvars.ContextVar("variable", default="default")

    def test_each_has_its_own_and_begins_with_an_empty_one(self):
        main = getcurrent()

        def run(value):
            before = self.variable.get()
            self.variable.set(value)
            main.switch()
            return before, self.variable.get()

        token = self.variable.set("main's")
        a, b = greenlet(run), greenlet(run)
        a.switch("a")
        b.switch("b")
        self.assertEqual(self.variable.get(), "main's")
        self.assertEqual(a.switch(), ("default", "a"))
        self.assertEqual(b.switch(), ("default", "b"))
        self.variable.reset(token)

    def test_gr_context_of_one_that_has_not_started(self):
        context = contextvars.Context()
        context.run(self.variable.set, "given")
        g = greenlet(lambda: (self.variable.get(), self.variable.set("changed")))
        self.assertIsNone(g.gr_context)
        g.gr_context = context
        self.assertIs(g.gr_context, context)
        self.assertEqual(g.switch()[0], "given")
        self.assertEqual(context.get(self.variable), "changed")
        self.assertEqual(context.run(self.variable.get), "changed")

    def test_gr_context_of_a_suspended_one(self):
        main = getcurrent()

        def run():
            self.variable.set("own")
            main.switch()
            return self.variable.get()

        g = greenlet(run)
        g.switch()
        self.assertEqual(g.gr_context.get(self.variable), "own")
        context = contextvars.Context()
        context.run(self.variable.set, "other")
        g.gr_context = context
        self.assertEqual(g.switch(), "other")
        g = greenlet(run)
        g.switch()
        g.gr_context = None
        self.assertEqual(g.switch(), "default")

    def test_gr_context_of_the_running_one(self):
        def run():
            self.variable.set("before")
            mine = getcurrent().gr_context
            assert mine.get(self.variable) == "before"
            context = contextvars.Context()
            context.run(self.variable.set, "after")
            getcurrent().gr_context = context
            assert getcurrent().gr_context is context
            return self.variable.get()

        self.assertEqual(greenlet(run).switch(), "after")

    def test_gr_context_refuses(self):
        g = greenlet()
        with self.assertRaises(TypeError):
            g.gr_context = "text"
        with self.assertRaises(AttributeError):
            del g.gr_context

    def test_a_context_that_runs_cannot_be_run_again(self):
        main = getcurrent()
        context = contextvars.Context()
        g = greenlet(lambda: context.run(main.switch))
        g.switch()
        with self.assertRaises(RuntimeError):
            context.run(lambda: None)
        g.switch()
        context.run(lambda: None)

    @unittest.skipUnless(IS_MINI, "greenlet changes it all the same")
    def test_an_entered_context_is_left_alone(self):
        main = getcurrent()
        context = contextvars.Context()
        g = greenlet(lambda: context.run(main.switch))
        g.switch()
        with self.assertRaises(RuntimeError):
            g.gr_context = contextvars.Context()
        with self.assertRaises(RuntimeError):
            g.gr_context = None
        g.switch()


class Collection(unittest.TestCase):
    def waits(self, seen):
        main = getcurrent()

        def run():
            try:
                main.switch()
            except GreenletExit:
                seen.append(getcurrent().parent is main)
                raise
            finally:
                seen.append("finally")

        return greenlet(run)

    def test_one_that_nobody_holds_is_unwound(self):
        seen = []
        g = self.waits(seen)
        g.switch()
        del g
        gc.collect()
        self.assertEqual(seen, [True, "finally"])

    def test_its_parent_is_then_whoever_let_it_go(self):
        seen = []

        def let_go(g):
            box.pop()
            del g
            gc.collect()
            return seen

        g = self.waits(seen)
        g.switch()
        box = [g]
        del g
        self.assertEqual(greenlet(lambda: let_go(None)).switch(), [False, "finally"])

    @unittest.skipUnless(IS_MINI, "greenlet does not collect a suspended one")
    def test_one_in_a_cycle_is_unwound(self):
        seen = []
        g = self.waits(seen)
        g.switch()
        g.itself = g
        del g
        gc.collect()
        self.assertEqual(seen, [True, "finally"])

    def test_locals_of_a_suspended_one_live_as_long(self):
        class Thing:
            pass

        main = getcurrent()

        def run():
            thing = Thing()
            main.switch(weakref.ref(thing))

        g = greenlet(run)
        r = g.switch()
        gc.collect()
        self.assertIsNotNone(r())
        del g
        gc.collect()
        self.assertIsNone(r())

    def test_an_exit_that_is_swallowed(self):
        main = getcurrent()
        seen = []

        def run():
            try:
                main.switch()
            except GreenletExit:
                seen.append(getcurrent())
                main.switch("still here")
            return "end"

        g = greenlet(run)
        g.switch()
        del g
        gc.collect()
        self.assertEqual(len(seen), 1)
        self.assertFalse(seen[0].dead)
        self.assertEqual(seen[0].switch(), "end")

    def test_ones_that_have_not_started_or_are_dead_are_freed(self):
        born, dead = greenlet(lambda: None), greenlet(lambda: None)
        dead.switch()
        born.loop, dead.loop = born, dead
        references = weakref.ref(born), weakref.ref(dead)
        del born, dead
        gc.collect()
        self.assertEqual([r() for r in references], [None, None])

    def test_a_collection_in_a_greenlet(self):
        main = getcurrent()

        def run():
            for _ in range(5):
                cycle = []
                cycle.append(cycle)
                del cycle
                gc.collect()
                main.switch()

        greenlets = [greenlet(run) for _ in range(5)]
        for _ in range(6):
            for g in greenlets:
                g.switch()
        self.assertTrue(all(g.dead for g in greenlets))

    def test_a_finalizer_that_switches(self):
        main = getcurrent()

        class Switches:
            def __del__(self):
                main.switch("from __del__")

        def run():
            x = Switches()
            del x
            return "end"

        g = greenlet(run)
        self.assertEqual(g.switch(), "from __del__")
        self.assertEqual(g.switch(), "end")


class Threads(unittest.TestCase):
    def run_thread(self, f):
        errors = []

        def target():
            try:
                f()
            except BaseException as e:
                errors.append(e)

        t = threading.Thread(target=target)
        t.start()
        t.join()
        if errors:
            raise errors[0]

    def test_each_has_a_main_greenlet(self):
        main = getcurrent()

        def f():
            assert getcurrent() is not main
            assert getcurrent().parent is None
            assert greenlet(lambda: 5).switch() == 5

        self.run_thread(f)

    def test_a_greenlet_of_another_thread_is_refused(self):
        main = getcurrent()
        g = greenlet(main.switch)
        g.switch()
        h = greenlet(main.switch)

        def f():
            for call in g.switch, g.throw, main.switch, h.switch:
                with self.assertRaises(error):
                    call()
            with self.assertRaises(ValueError):
                g.parent = getcurrent()

        self.run_thread(f)
        self.assertFalse(g.dead)
        g.switch()
        self.assertTrue(g.dead)
        h.switch()

    def test_one_that_has_not_started_belongs_to_its_parents_thread(self):
        g = greenlet(lambda: 5)

        def f():
            g.parent = getcurrent()
            assert g.switch() == 5

        self.run_thread(f)
        self.assertTrue(g.dead)

    def test_one_whose_thread_has_ended(self):
        box = []

        def f():
            here = getcurrent()
            g = greenlet(lambda: here.switch(g))
            box.append(g)
            g.switch()

        self.run_thread(f)
        gc.collect()
        g = box.pop()
        if IS_MINI:
            self.assertTrue(g.dead)  # greenlet notices it some time later
        with self.assertRaises(error):
            g.switch()
        del g
        gc.collect()

    def test_one_that_dies_elsewhere_is_unwound_in_its_thread(self):
        seen = []
        main = getcurrent()

        def run():
            try:
                main.switch()
            finally:
                seen.append(threading.current_thread())

        box = [greenlet(run)]
        box[0].switch()

        def f():
            del box[:]
            gc.collect()
            assert seen == []

        self.run_thread(f)
        getcurrent()
        greenlet(lambda: None).switch()
        self.assertEqual(seen, [threading.current_thread()])

    def test_many_threads_at_once(self):
        def f():
            main = getcurrent()

            def run(n):
                for i in range(n):
                    main.switch(i)
                return "end"

            greenlets = [greenlet(run) for _ in range(30)]
            for g in greenlets:
                assert g.switch(20) == 0
            for i in range(1, 20):
                for g in greenlets:
                    assert g.switch() == i
            assert {g.switch() for g in greenlets} == {"end"}

        errors = []

        def target():
            try:
                f()
            except BaseException as e:
                errors.append(e)

        threads = [threading.Thread(target=target) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(errors, [])


@unittest.skipIf(
    not IS_MINI and hasattr(sys, "gettotalrefcount") and sys.version_info >= (3, 12),
    "greenlet leaves the code of a suspended frame instrumented as it was, and debug builds abort on that",
)
class Tracing(unittest.TestCase):
    def tearDown(self):
        sys.settrace(None)

    def test_a_trace_function_is_the_threads(self):
        main = getcurrent()
        events = []

        def trace(frame, event, arg):
            if event == "call" and frame.f_code.co_name in ("leaf", "run"):
                events.append(frame.f_code.co_name)
            return None

        def leaf():
            pass

        def run():
            leaf()
            main.switch()
            leaf()

        g = greenlet(run)
        sys.settrace(trace)
        g.switch()
        leaf()
        sys.settrace(None)
        leaf()
        self.assertEqual(events, ["run", "leaf", "leaf"])
        g.switch()
        self.assertEqual(events, ["run", "leaf", "leaf"])


if __name__ == "__main__":
    unittest.main()
