using System.Text;
using System.Xml.Linq;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;
using Quorate.Testing;

namespace Quorate.Server.Tests.Transfers;

/// <summary>docs/states.md as it follows from the code: the explored states, and the comments on the enumeration.</summary>
static class StateTable
{
    internal static string Text()
    {
        TransferSpace[] payments = [TransferSpace.Payments.Value, TransferSpace.TwoReservations.Value];
        var text = new StringBuilder(
            """
            # States of transfers

            Generated from the code by `StateTableTests`, which walks through every state that the decider (`src/Quorate.Server/Transfers/`) can be brought into, and fails when this page is not what it finds. `QUORATE_WRITE_DOCS=1 ./test Quorate.Server.Tests` writes it.

            The same machine carries `transfers`, `transactions` and `signatures`. A signature (of a message) ends as `signed`; there is no network to take it.


            """);
        Table(text, "Transfers and transactions", payments);
        Table(text, "Signatures", [TransferSpace.Messages.Value]);
        text.Append("## Sub-states\n\n| subStatus | |\n| --- | --- |\n");
        foreach (var sub in Enum.GetValues<SubStatus>().Where(s => s != SubStatus.None))
            text.Append($"| `{SnakeCase.Text(sub)}` | {Comment(typeof(SubStatus), sub.ToString())} |\n");
        return text.ToString();
    }

    static void Table(StringBuilder text, string title, TransferSpace[] spaces)
    {
        text.Append($"## {title}\n\n| state | meaning | goes on to, by |\n| --- | --- | --- |\n");
        var edges = spaces.SelectMany(s => s.Edges.Select(e => (From: s.States[e.From].Status, To: s.States[e.To].Status, By: e.Command.GetType().Name)))
            .Where(e => e.From != e.To).Distinct().ToLookup(e => e.From);
        foreach (var status in spaces.SelectMany(s => s.States.Values).Select(s => s.Status).Distinct().Order())
        {
            var ways = edges[status].GroupBy(e => e.To).OrderBy(g => g.Key)
                .Select(g => $"`{SnakeCase.Text(g.Key)}` ({string.Join(", ", g.Select(e => e.By).Order(StringComparer.Ordinal))})");
            var onwards = string.Join("; ", ways);
            text.Append($"| `{SnakeCase.Text(status)}` | {Comment(typeof(TransferStatus), status.ToString())} | {(onwards.Length == 0 ? "the end" : onwards)} |\n");
        }
        text.Append('\n');
    }

    static string Comment(Type type, string member)
    {
        var documentation = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
        var summary = documentation.Descendants("member").Single(m => (string?)m.Attribute("name") == $"F:{type.FullName}.{member}").Element("summary")!.Value;
        return string.Join(' ', summary.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
    }
}

public sealed class StateTableTests
{
    [Fact]
    public void The_page_of_states_is_what_follows_from_the_code()
    {
        var page = Repository.PathOf("docs/states.md");
        var text = StateTable.Text();
        if (Environment.GetEnvironmentVariable("QUORATE_WRITE_DOCS") is not null)
            File.WriteAllText(page, text);
        Assert.Equal(text, File.ReadAllText(page));
    }
}
