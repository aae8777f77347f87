from functools import wraps


class AbstractContextManager:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return None


class ContextDecorator:
    def __call__(self, function):
        @wraps(function)
        def inner(*args, **keywords):
            with self:
                return function(*args, **keywords)

        return inner


class _GeneratorManager(ContextDecorator, AbstractContextManager):
    def __init__(self, function, args, keywords):
        self._function = function
        self._args = args
        self._keywords = keywords
        self._generator = function(*args, **keywords)

    def __call__(self, function):
        @wraps(function)
        def inner(*args, **keywords):
            with _GeneratorManager(self._function, self._args, self._keywords):
                return function(*args, **keywords)

        return inner

    def __enter__(self):
        try:
            return next(self._generator)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(self, kind, value, trace):
        if kind is None:
            try:
                next(self._generator)
            except StopIteration:
                return False
            raise RuntimeError("generator didn't stop")
        try:
            self._generator.throw(value)
        except StopIteration as stop:
            return stop is not value
        except RuntimeError as error:
            if error is value:
                return False
            if isinstance(value, StopIteration) and error.__cause__ is value:
                return False
            raise
        except BaseException as error:
            if error is not value:
                raise
            return False
        raise RuntimeError("generator didn't stop after throw()")


def contextmanager(function):
    @wraps(function)
    def helper(*args, **keywords):
        return _GeneratorManager(function, args, keywords)

    return helper


class suppress(AbstractContextManager):
    def __init__(self, *exceptions):
        self._exceptions = exceptions

    def __enter__(self):
        return None

    def __exit__(self, kind, value, trace):
        return kind is not None and issubclass(kind, self._exceptions)


class nullcontext(AbstractContextManager):
    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result


class closing(AbstractContextManager):
    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, kind, value, trace):
        self.thing.close()


class ExitStack(AbstractContextManager):
    def __init__(self):
        self._exits = []

    def enter_context(self, manager):
        value = manager.__enter__()
        self._exits.append(manager.__exit__)
        return value

    def push(self, leave):
        self._exits.append(leave.__exit__ if hasattr(leave, "__exit__") else leave)
        return leave

    def callback(self, function, /, *args, **keywords):
        def leave(kind, value, trace):
            function(*args, **keywords)

        self._exits.append(leave)
        return function

    def pop_all(self):
        moved = ExitStack()
        moved._exits = self._exits
        self._exits = []
        return moved

    def close(self):
        self.__exit__(None, None, None)

    def __exit__(self, kind, value, trace):
        pending = value
        swallowed = False
        while self._exits:
            leave = self._exits.pop()
            try:
                if leave(None if pending is None else type(pending), pending, None):
                    pending = None
                    swallowed = True
            except BaseException as error:
                pending = error
        if pending is not None and pending is not value:
            raise pending
        return swallowed and pending is None


class redirect_stdout(AbstractContextManager):
    def __init__(self, target):
        raise NotImplementedError("redirect_stdout is not available")
