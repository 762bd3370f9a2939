using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Quorate.Journal;
using Quorate.Journal.Events;

namespace Quorate.Server.Events;

/// <summary>A type of public events.</summary>
/// <param name="Name">Dotted: what it happens to, and what happens.</param>
/// <param name="Summary">A sentence for those who listen.</param>
/// <param name="Data">The members of its data.</param>
sealed record EventType(string Name, string Summary, ImmutableArray<string> Data);

/// <summary>How one type of the journal's events becomes public.</summary>
/// <param name="Prefix">What the streams begin with that have it.</param>
/// <param name="Journal">The journal's name of it.</param>
/// <param name="Types">What it can be called.</param>
/// <param name="Read">What it is called, and says, in one case.</param>
sealed record EventRule(string Prefix, string Journal, ImmutableArray<EventType> Types, Func<RecordedEvent, (string Type, JsonObject Data)> Read);

/// <summary>Makes the rules of one kind of aggregate.</summary>
/// <param name="catalog">Its events.</param>
/// <param name="prefix">What its streams begin with.</param>
sealed class RulesOf<TEvent>(EventCatalog<TEvent> catalog, string prefix) where TEvent : class
{
    /// <summary>A rule for a type that has one name.</summary>
    internal EventRule On<T>(string journal, string name, string summary, params (string Member, Func<T, JsonNode?> Value)[] data) where T : TEvent =>
        OnAny(journal, [(name, summary)], _ => name, data);

    /// <summary>A rule for a type whose name depends on what it says.</summary>
    internal EventRule OnAny<T>(
        string journal, IEnumerable<(string Name, string Summary)> types, Func<T, string> nameOf, params (string Member, Func<T, JsonNode?> Value)[] data) where T : TEvent =>
        new($"{prefix}/", journal, [.. types.Select(t => new EventType(t.Name, t.Summary, [.. data.Select(d => d.Member)]))], recorded =>
        {
            var happened = (T)catalog.Decode(recorded);
            var json = new JsonObject();
            foreach (var (member, value) in data)
                if (value(happened) is { } node)
                    json.Add(member, node);
            return (nameOf(happened), json);
        });
}
