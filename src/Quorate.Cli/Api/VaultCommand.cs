using System.CommandLine;

namespace Quorate.Cli.Api;

/// <summary><c>quorate vault</c>.</summary>
static class VaultCommand
{
    internal static Command Create()
    {
        var name = new Option<string>("--name") { Description = "Unlike all others.", Required = true };
        var reference = new Option<string?>("--reference") { Description = "The customer's, if it is one's." };
        var reason = new Option<string?>("--reason") { Description = "Why." };
        var id = ApiCommands.Id("vlt_");
        return new("vault",
            """
            Vaults: what wallets are kept in.

            Example:
              quorate vault create --name Operations
            """)
        {
            ApiCommands.Ask("create",
                """
                Make a vault.

                Example:
                  quorate vault create --name Operations
                """, (session, parsed, cancellation) => session.Client.Vaults.CreateVaultAsync(
                    new() { Name = parsed.GetValue(name)!, CustomerReference = parsed.GetValue(reference) ?? "" }, null, cancellation), name, reference),
            ApiCommands.List("list",
                """
                List the vaults.

                Example:
                  quorate vault list
                """, "id name customer_reference frozen create_time", (session, _, cancellation) => session.Client.Vaults.AllVaultsAsync(null, cancellation)),
            ApiCommands.Ask("show",
                """
                Show a vault.

                Example:
                  quorate vault show vlt_…
                """, (session, parsed, cancellation) => session.Client.Vaults.GetVaultAsync(new() { Vault = parsed.GetValue(id)! }, null, cancellation), id),
            ApiCommands.Ask("freeze",
                """
                Let the server start nothing more for the vault's wallets. What stops the nodes is `quorate node freeze`.

                Example:
                  quorate vault freeze vlt_… --reason "under review"
                """, (session, parsed, cancellation) => session.Client.Vaults.FreezeVaultAsync(
                    new() { Vault = parsed.GetValue(id)!, Reason = parsed.GetValue(reason) ?? "" }, null, cancellation), id, reason),
            ApiCommands.Ask("thaw",
                """
                End what `vault freeze` began.

                Example:
                  quorate vault thaw vlt_…
                """, (session, parsed, cancellation) => session.Client.Vaults.ThawVaultAsync(new() { Vault = parsed.GetValue(id)! }, null, cancellation), id),
        };
    }
}
