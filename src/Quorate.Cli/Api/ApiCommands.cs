using System.CommandLine;
using Google.Protobuf;

namespace Quorate.Cli.Api;

/// <summary>The two kinds of commands that ask the API: for a list, and for one thing. What is printed follows from the answer's definition.</summary>
static class ApiCommands
{
    const int UsualRows = 50;

    static readonly Option<int> limit = new("--limit") { Description = "How many rows at most; 0 for all.", DefaultValueFactory = _ => UsualRows };

    /// <summary>Prints rows, the newest or the oldest first as the API has them.</summary>
    /// <param name="name">The command.</param>
    /// <param name="description">What it does, with an example.</param>
    /// <param name="columns">Names of fields, with spaces between them.</param>
    /// <param name="read">Asks.</param>
    /// <param name="symbols">Arguments and options of its own.</param>
    internal static Command List<T>(
        string name, string description, string columns, Func<ApiSession, ParseResult, CancellationToken, IAsyncEnumerable<T>> read, params Symbol[] symbols)
        where T : IMessage =>
        Make(name, description, [.. symbols, limit], async (session, parsed, cancellation) =>
        {
            var most = parsed.GetValue(limit) is 0 ? int.MaxValue : parsed.GetValue(limit);
            if (most < 0)
                throw new CliException("--limit: 0 or more.");
            var items = read(session, parsed, cancellation).Take(most);
            if (session.IsJson)
            {
                await foreach (var item in items)
                    Console.WriteLine(MessageText.ToJson(item));
                return 0;
            }
            var rows = await items.Select(i => (IMessage)i).ToListAsync(cancellation);
            foreach (var line in Table.Of(rows, columns.Split(' ')))
                Console.WriteLine(line);
            if (rows.Count == most)
                Console.Error.WriteLine($"The first {most}; --limit 0 lists all.");
            else if (rows.Count == 0)
                Console.Error.WriteLine("None.");
            return 0;
        });

    /// <summary>The same, of what comes in one answer.</summary>
    internal static Command List<T>(
        string name, string description, string columns, Func<ApiSession, ParseResult, CancellationToken, Task<IEnumerable<T>>> read, params Symbol[] symbols)
        where T : IMessage =>
        List(name, description, columns, (session, parsed, cancellation) => ItemsAsync(() => read(session, parsed, cancellation)), symbols);

    static async IAsyncEnumerable<T> ItemsAsync<T>(Func<Task<IEnumerable<T>>> read)
    {
        foreach (var item in await read())
            yield return item;
    }

    /// <summary>What a command does, with its example.</summary>
    internal static string Text(string what, string example) => $"""
        {what}

        Example:
          quorate {example}
        """;

    /// <summary>Asks for one thing and prints it.</summary>
    internal static Command Ask<T>(
        string name, string description, Func<ApiSession, ParseResult, CancellationToken, Task<T>> ask, params Symbol[] symbols)
        where T : IMessage =>
        Make(name, description, symbols, async (session, parsed, cancellation) =>
        {
            Print(session, await ask(session, parsed, cancellation));
            return 0;
        });

    /// <summary>A command that asks the API, with the options that all of those have.</summary>
    internal static Command Make(
        string name, string description, Symbol[] symbols, Func<ApiSession, ParseResult, CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }
        foreach (var option in ApiSession.Options)
            command.Add(option);
        command.SetAction((parsed, cancellation) => ApiSession.RunAsync(parsed, session => work(session, parsed, cancellation)));
        return command;
    }

    /// <summary>Prints an answer.</summary>
    internal static void Print(ApiSession session, IMessage message) =>
        Console.WriteLine(session.IsJson ? MessageText.ToJson(message) : MessageText.Of(message));

    /// <summary>An id.</summary>
    internal static Argument<string> Id(string prefix) => new("ID") { Description = $"{prefix}…" };
}
