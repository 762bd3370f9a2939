namespace Quorate.Cli.Local;

/// <summary>What `quorate up` writes into its folder for whoever looks into it.</summary>
static class LocalGuide
{
    internal const string Text =
        """
        An organisation with three nodes and a wallet server, on one machine: for trying, not for money.

        quorate up       starts it (again), Ctrl-C stops it
        quorate demo     tells a story with it

        In earnest every folder below is another machine's, and nobody has all of them.

        genesis.json     what the organisation is: nodes, administrators, members and their devices, first policy.
                         Every machine has a copy, and every operator compares its hash.
        policy.json      the first policy, as in the genesis document: quorate policy test policy.json
        server/          the wallet server: server.json, the journal with everything that was ever asked and done. No keys.
        node-1/          an MPC node: node.json, vault.db with its shares, sealed, and its own journal. So are node-2/ and node-3/.
        keys/            what opens vaults and backups, 32 random bytes each: on sticks in safes, one with each operator.
        people/          the members' device keys, which approve: on their own devices.
        backups/         where nodes write encrypted backups when two administrators order it.
        chains/          what the devnet's chains keep: nothing of it is yours in earnest.
        logs/            what each process says.
        profile.json     where the API is and which key speaks to it, for other commands; up.json, what `quorate up` runs; up.lock, that
                         it does.

        """;
}
