using System.CommandLine;
using Google.Protobuf;
using Quorate.Client.Services;

namespace Quorate.Cli.Api;

/// <summary><c>quorate policy draft</c>: policies at the server, before administrators put them in force.</summary>
static class PolicyDraftCommands
{
    static readonly Argument<string> id = ApiCommands.Id("pol_");
    static readonly Argument<FileInfo> file = new("FILE") { Description = "The policy document, JSON." };

    internal static IEnumerable<Command> Create()
    {
        yield return ApiCommands.Ask("in-force",
            """
            Show the policy that nodes have pinned, as far as the server has seen.

            Example:
              quorate policy in-force --json
            """, (session, _, cancellation) => session.Client.Policies.GetPolicyInForceAsync(null, null, cancellation));
        yield return new("draft",
            """
            Policies at the server before they are in force: written, tried, compared, proposed. Nodes decide; nothing here puts
            anything in force.

            Example:
              quorate policy draft create treasury.json
              quorate policy draft test pol_…
              quorate policy draft propose pol_…
            """)
        {
            ApiCommands.Ask("validate", Text("Say what is wrong with a document, and what in it can not be meant.", "validate treasury.json"),
                (session, parsed, cancellation) => session.Client.Policies.ValidatePolicyAsync(new() { Document = Documents.Read(parsed.GetValue(file)!) }, null, cancellation), file),
            ApiCommands.Ask("create", Text("Begin a draft.", "create treasury.json"),
                (session, parsed, cancellation) => session.Client.Policies.CreatePolicyAsync(new() { Document = Documents.Read(parsed.GetValue(file)!) }, null, cancellation), file),
            ApiCommands.List("list", Text("List the drafts.", "list"), "id name hash tested in_force version create_time",
                (session, _, cancellation) => session.Client.Policies.AllPoliciesAsync(null, cancellation)),
            On("show", "Show a draft.", (client, policy, c) => client.GetPolicyAsync(new() { Policy = policy }, null, c)),
            ApiCommands.Ask("update", Text("Give a draft another text.", "update pol_… treasury.json"), (session, parsed, cancellation) => session.Client.Policies.UpdatePolicyAsync(
                new() { Policy = parsed.GetValue(id)!, Document = Documents.Read(parsed.GetValue(file)!) }, null, cancellation), id, file),
            On("test", "Run the draft's examples and the linter. Only a text whose examples pass can be proposed.", (client, policy, c) => client.TestPolicyAsync(new() { Policy = policy }, null, c)),
            On("diff", "Show what the draft changes in the policy in force.", (client, policy, c) => client.DiffPolicyAsync(new() { Policy = policy }, null, c)),
            On("replay", "Show what the draft would have said to past transfers, where that is another answer than they had.",
                (client, policy, c) => client.ReplayPolicyAsync(new() { Policy = policy }, null, c)),
            On("propose", "Make the act that puts the draft in force; administrators approve it: `quorate approval give act_…`.",
                (client, policy, c) => client.ProposePolicyAsync(new() { Policy = policy }, null, c)),
        };
    }

    static Command On<T>(string name, string what, Func<PoliciesClient, string, CancellationToken, Task<T>> ask) where T : IMessage =>
        ApiCommands.Ask(name, Text(what, $"{name} pol_…"), (session, parsed, cancellation) => ask(session.Client.Policies, parsed.GetValue(id)!, cancellation), id);

    static string Text(string what, string example) => ApiCommands.Text(what, $"policy draft {example}");
}
