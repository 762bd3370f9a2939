using System.CommandLine;

namespace Quorate.Cli.Api;

/// <summary><c>quorate contact</c> and <c>quorate feature</c>.</summary>
static class BookCommands
{
    internal static Command Contacts()
    {
        var id = ApiCommands.Id("con_");
        var name = new Option<string>("--name") { Description = "Unlike all others.", Required = true };
        var account = new Option<string>("--account") { Description = "CAIP-10: eip155:1:0x….", Required = true };
        var note = new Option<string?>("--note") { Description = "For people." };
        return new("contact",
            """
            The address book: accounts by names for people. It gives nobody any right; the lists that rules speak of are in the policy.

            Example:
              quorate contact create --name supplier --account eip155:1:0x…
            """)
        {
            ApiCommands.Ask("create", ApiCommands.Text("Add an account.", "contact create --name supplier --account eip155:1:0x…"), (session, parsed, cancellation) => session.Client.Contacts.CreateContactAsync(
                new() { Name = parsed.GetValue(name)!, Account = parsed.GetValue(account)!, Note = parsed.GetValue(note) ?? "" }, null, cancellation), name, account, note),
            ApiCommands.List("list", ApiCommands.Text("List the address book.", "contact list"), "id name account note", (session, _, cancellation) => session.Client.Contacts.AllContactsAsync(null, cancellation)),
            ApiCommands.Ask("show", ApiCommands.Text("Show an entry.", "contact show con_…"),
                (session, parsed, cancellation) => session.Client.Contacts.GetContactAsync(new() { Contact = parsed.GetValue(id)! }, null, cancellation), id),
            ApiCommands.Ask("update", ApiCommands.Text("Give an entry another name and note; the account never changes.", "contact update con_… --name supplier-2"), (session, parsed, cancellation) =>
                session.Client.Contacts.UpdateContactAsync(new() { Contact = parsed.GetValue(id)!, Name = parsed.GetValue(name)!, Note = parsed.GetValue(note) ?? "" }, null, cancellation), id, name, note),
            ApiCommands.Ask("delete", ApiCommands.Text("Take an entry out of the list.", "contact delete con_…"),
                (session, parsed, cancellation) => session.Client.Contacts.DeleteContactAsync(new() { Contact = parsed.GetValue(id)! }, null, cancellation), id),
        };
    }

    internal static Command Features()
    {
        var name = new Argument<string>("NAME") { Description = "Lower-case letters, digits and hyphens." };
        var percentage = new Option<int>("--percentage") { Description = "For how many of a hundred vaults it is on." };
        var vaults = new Option<string[]>("--vault") { Description = "For which it is on in any case.", AllowMultipleArgumentsPerToken = true };
        var reason = new Option<string?>("--reason") { Description = "Why." };
        return new("feature",
            """
            Features: what is new, and which vaults have it already.

            Example:
              quorate feature set solana --percentage 10 --reason "first tenth"
            """)
        {
            ApiCommands.List("list", ApiCommands.Text("List the features.", "feature list"), "name percentage vaults version", (session, _, cancellation) => session.Client.Features.AllFeaturesAsync(null, cancellation)),
            ApiCommands.Ask("show", ApiCommands.Text("Show a feature with its changes.", "feature show solana"),
                (session, parsed, cancellation) => session.Client.Features.GetFeatureAsync(new() { Feature = parsed.GetValue(name)! }, null, cancellation), name),
            ApiCommands.Ask("set", ApiCommands.Text("Set a feature.", "feature set solana --percentage 10 --reason \"first tenth\""), (session, parsed, cancellation) =>
            {
                var request = new V1.SetFeatureRequest { Feature = parsed.GetValue(name)!, Percentage = parsed.GetValue(percentage), Reason = parsed.GetValue(reason) ?? "" };
                request.Vaults.Add(parsed.GetValue(vaults) ?? []);
                return session.Client.Features.SetFeatureAsync(request, null, cancellation);
            }, name, percentage, vaults, reason),
        };
    }
}
