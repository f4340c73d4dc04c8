//! Before step 0: a provider's metadata, and the settings that it becomes.
//!
//! Nothing is kept: the lines are for you to paste, and what you paste is what the steps use.

mod cli;

use std::process::ExitCode;

use cli::{Cli, Failure, notice};
use oauth2_by_hand::{discover, http};

fn main() -> ExitCode {
    cli::run("discover", ask_for_metadata)
}

fn ask_for_metadata(cli: &mut Cli) -> Result<(), Failure> {
    let issuer = cli.issuer()?;

    let request = discover::metadata_request(&issuer)?;
    cli.heading("Before step 0: discover")?;
    cli.show_request(&request, notice::METADATA_REQUEST)?;
    let mut response = http::send(&request)?;
    cli.show_metadata(&response)?;
    if discover::has_no_metadata(&response) {
        let request = discover::openid_metadata_request(&issuer);
        cli.show_request(&request, notice::OPENID_METADATA_REQUEST)?;
        response = http::send(&request)?;
        cli.show_metadata(&response)?;
    }

    let metadata = discover::read_metadata(&response, &issuer)?;
    cli.show_settings(&metadata)
}
